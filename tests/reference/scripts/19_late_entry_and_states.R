# What the other scripts leave open: Fine-Gray with late entry, Gray's test of three groups, and the standard
# errors of state probabilities whose initial distribution is estimated (survfit counts that only in its influences).
source(file.path(Sys.getenv("REF_ROOT", "."), "scripts", "common.R"))
d <- rd("mgus2.csv")
start_ref("late_entry_and_states", "data/mgus2.csv", nrow(d), "Further results on mgus2, unempdur and sir_cont")
d$etime <- with(d, ifelse(pstat == 0, futime, ptime)); d$ev <- with(d, ifelse(pstat == 0, 2 * death, 1))
d$e0 <- d$age * 12; d$e1 <- d$e0 + d$etime; d$male <- as.numeric(d$sex == "M"); d$id <- seq_len(nrow(d))
d <- d[!is.na(d$mspike) & d$e1 > d$e0 & d$e0 >= 600, c("id", "e0", "e1", "ev", "male", "mspike")]; d$ev <- factor(d$ev, 0:2)
fg <- finegray(Surv(e0, e1, ev) ~ ., data = d, id = id, etype = "1")
one <- function(ties) { m <- coxph(Surv(fgstart, fgstop, fgstatus) ~ male + mspike, fg, weights = fgwt, cluster = id, ties = ties); list(coef = coef(m), se = setNames(sqrt(diag(vcov(m))), names(coef(m)))) }
add("finegray_age_scale", "fine_gray", "finegray(Surv(age*12,age*12+etime,ev)~.), age >= 50, mspike complete; coxph(weights=fgwt, cluster=id)", list(n = nrow(d), efron = one("efron"), breslow = one("breslow")))
u <- rd("unempdur.csv"); u$st <- with(u, ifelse(censor1 == 1, 1, ifelse(censor2 == 1, 2, ifelse(censor3 == 1, 3, 0)))); u$ageg <- cut(u$age, c(0, 30, 45, 100), right = FALSE)
g <- cmprsk::cuminc(u$spell, u$st, u$ageg)$Tests; add("gray_age3", "gray_test", "cmprsk::cuminc(spell, st, cut(age, c(0,30,45,100), right=FALSE))$Tests", list(stat = arr(g[, "stat"]), p = arr(g[, "pv"]), df = arr(g[, "df"])))
L <- rd("sir_cont_long.csv"); L$ev <- factor(L$ev, c("censor", "novent", "vent", "exit")); L$istate <- factor(L$istate, c("novent", "vent")); T <- c(2, 5, 10, 20, 30, 50)
f <- survfit(Surv(tstart, tstop, ev) ~ 1, L, id = id, istate = istate, influence = TRUE); k <- findInterval(T, f$time); i <- f$influence.pstate[, k + dim(f$influence.pstate)[2] - length(f$time), ]
se <- sqrt(apply(i^2, c(2, 3), sum)); add("sir_cont_influence", "multi_state_aj", "survfit(..., istate=istate, influence=TRUE): root of the summed squared influence.pstate", list(times = arr(T), se = lapply(setNames(seq_along(f$states), f$states), function(s) arr(se[, s])), sp0 = arr(f$sp0)))
finish_ref()
