# Marginal structural Cox models of heart transplantation: pooled logistic models of the day of transplantation,
# weights, coxph. The variance with estimated weights is that of numerical derivatives by each patient's case
# weight, through glm and coxph at once: no formula enters.
source(file.path(Sys.getenv("REF_ROOT", "."), "scripts", "common.R")); suppressMessages(library(splines))
h <- rd("heart.csv"); h <- h[order(h$id, h$start), ]
start_ref("weighted_cox", "data/heart.csv", length(unique(h$id)), "Marginal structural Cox models (Hernan, Brumback and Robins 2000) on survival::heart, waiting time split by day")
s0 <- survSplit(Surv(start, stop, event) ~ ., h[h$transplant == 0, ], cut = seq_len(ceiling(max(h$stop))))
cols <- c("id", "start", "stop", "event", "transplant", "age", "surgery", "year")
d <- rbind(s0[, cols], h[h$transplant == 1, cols]); d <- d[order(d$id, d$start), ]
at <- ave(d$transplant, d$id, FUN = function(a) c(0, head(a, -1))) == 0   # not transplanted before
k <- unname(quantile(d$start[at & d$transplant == 1], c(.05, .35, .65, .95)))
B <- ns(d$start, knots = k[2:3], Boundary.knots = k[c(1, 4)])             # the restricted cubic splines with these knots
tight <- glm.control(epsilon = 1e-14, maxit = 100)
msm <- function(num, case, level = NULL, ties = "efron", stabilised = TRUE) {
  x <- data.frame(a = d$transplant, B1 = B[, 1], B2 = B[, 2], B3 = B[, 3], d[, c("age", "surgery", "year")], case = case)[at, ]
  fit <- function(v) fitted(suppressWarnings(glm(reformulate(c("B1", "B2", "B3", v), "a"), binomial, x, weights = case, control = tight)))
  p <- function(e) ifelse(x$a == 1, e, 1 - e)
  step <- rep(0, nrow(d)); step[at] <- (if (stabilised) log(p(fit(num))) else 0) - log(p(fit(c("age", "surgery", "year"))))
  w <- exp(ave(step, d$id, FUN = cumsum)); cut <- c(treated = 0, control = 0)
  if (!is.null(level)) for (v in 1:0) { i <- d$transplant == v; q <- quantile(w[i], level); cut[2 - v] <- sum(w[i] > q * (1 + 1e-12)); w[i] <- pmin(w[i], q) }
  m <- coxph(reformulate(c("transplant", num), "Surv(start, stop, event)"), transform(d, total = w * case), weights = total, cluster = id, ties = ties, control = coxph.control(eps = 1e-13, iter.max = 50))
  list(m = m, w = w, cut = cut) }
stacked <- function(..., e) { ids <- unique(d$id); one <- rep(1, nrow(d))
  D <- sapply(ids, function(i) (coef(msm(..., case = one + e * (d$id == i))$m) - coef(msm(..., case = one - e * (d$id == i))$m)) / (2 * e))
  D <- matrix(D, ncol = length(ids)); sqrt(rowSums(D^2)) }
out <- function(..., e = 1e-4) { f <- msm(..., case = rep(1, nrow(d))); b <- coef(f$m)
  list(rows = nrow(d), events = f$m$nevent, coef = b, se_known_weights = setNames(sqrt(diag(vcov(f$m))), names(b)), naive_se = setNames(sqrt(diag(f$m$naive.var)), names(b)),
    se_estimated_weights = setNames(stacked(..., e = e), names(b)), loglik = f$m$loglik[2], truncated = f$cut,
    weights = c(min = min(f$w), mean = mean(f$w), max = max(f$w))) }
add("heart_time", "marginal_structural_cox", "numerator: splines of the day; denominator: also age, surgery, year", out(character(0)))
add("heart_time_breslow", "marginal_structural_cox", "... ties='breslow'", out(character(0), ties = "breslow"))
add("heart_numerator_surgery", "marginal_structural_cox", "numerator: splines and surgery, which enters the Cox model", out("surgery"))
add("heart_truncated", "marginal_structural_cox", "weights cut at the .9 quantile (type 7) of the rows after, and of those before, the transplant", out(character(0), level = .9, e = 1e-6),
  note = "a step so small that the rows which make the quantile stay the same")
add("heart_unstabilised", "marginal_structural_cox", "numerator 1", out(character(0), stabilised = FALSE))
finish_ref()
