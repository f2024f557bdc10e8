# One fit of the grid: the estimators that the installed metafor has are run by it, with tight stopping rules; the others
# are solved here and handed to it as a known tau^2.
METHODS <- c("EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM", "GENQ", "GENQM", "DLIT", "SJIT")
TESTS <- c("z", "t", "knha", "adhoc")
NOTES <- paste(
  "Every measure x estimator x test; yi and vi of each measure stand in inputs.",
  "Fits are by rma with threshold=1e-12*s (ML, REML, EB, SJIT) or tol=1e-13*s (PM, PMM), s being the spread of the effects.",
  "GENQ, GENQM: the generalised Q statistic takes weights 1/vi, the average takes 1/(vi+tau2); genq is rma with weights=1/vi.",
  "GENQM and DLIT: tau2 solved by scripts/grid_lib.R (field by), the rest by rma with that tau2.",
  "EE with knha or adhoc: R warns and scales the variance all the same.")

scale_of <- function(yi) { s <- max(1e-6, mad(yi)^2, var(yi)); min(1, s) * if (s > 1) s else 1 }

# Moments of the generalised Q statistic with weights a: expectation is c0 + c1 tau2.
gen_q <- function(yi, vi, a) {
  P <- diag(a) - tcrossprod(a) / sum(a)
  list(P = P, Q = c(crossprod(yi, P %*% yi)), c0 = sum(diag(P) * vi), c1 = sum(diag(P)))
}
gen_q_se <- function(g, vi, tau2) { PV <- g$P %*% diag(vi + tau2); sqrt(2 * sum(PV * t(PV))) / g$c1 }

# P(sum of lambda_j chi^2_1 > q) by Ruben's series of 1962 about the smallest
# lambda: a mixture of chi-square tails with positive weights that sum to 1, stopped when what is left is below 1e-15.
quadratic_upper <- function(q, lambda) {
  b <- min(lambda); h <- 1 - b / lambda; p <- length(lambda); x <- q / b
  a <- exp(sum(log(b / lambda)) / 2); g <- numeric(0); total <- a; sum <- a * pchisq(x, p, lower.tail = FALSE)
  hr <- rep(1, p); r <- 0
  while (1 - total > 1e-15 && r < 40000) {
    r <- r + 1; hr <- hr * h; g[r] <- base::sum(hr) / 2
    a[r + 1] <- base::sum(rev(g) * a) / r
    total <- total + a[r + 1]; sum <- sum + a[r + 1] * pchisq(x, p + 2 * r, lower.tail = FALSE)
    if (a[r + 1] < 1e-19 * total && r > 10) break
  }
  sum + (1 - total) * (total < 1)
}

# tau^2 at which the observed statistic is the median of its distribution; 0 where it is below the median at tau^2 = 0.
genq_median <- function(yi, vi, a = 1 / vi) {
  g <- gen_q(yi, vi, a)
  upper <- function(tau2) { s <- sqrt(vi + tau2); ev <- eigen(s * t(s * g$P), symmetric = TRUE, only.values = TRUE)$values; quadratic_upper(g$Q, ev[-length(ev)]) - 0.5 }
  lo <- 0; if (upper(0) >= 0) return(c(tau2 = 0, se = gen_q_se(g, vi, 0)))
  hi <- max(vi); while (upper(hi) < 0) hi <- 2 * hi
  t2 <- uniroot(upper, c(lo, hi), tol = 1e-13 * scale_of(yi), maxiter = 1000)$root
  c(tau2 = t2, se = gen_q_se(g, vi, t2))
}

# Fixed point of DerSimonian and Laird's equation with weights 1/(v + tau^2): where it is positive it solves Paule and
# Mandel's equation too, so the standard error is theirs.
dl_iterated <- function(yi, vi) {
  step <- function(tau2) { g <- gen_q(yi, vi, 1 / (vi + tau2)); max(0, (g$Q - g$c0) / g$c1) }
  t2 <- step(0); for (i in 1:100000) { n <- step(t2); d <- abs(n - t2); t2 <- n; if (d <= 1e-15 * scale_of(yi)) break }
  pm <- rma(yi, vi, method = "PM", control = list(tol = 1e-13 * scale_of(yi), maxiter = 10000))
  c(tau2 = t2, se = pm$se.tau2)
}

genq <- function(yi, vi) { r <- rma(yi, vi, weights = 1 / vi, method = "GENQ"); c(tau2 = r$tau2, se = r$se.tau2) }

SOLVERS <- list(GENQ = genq, GENQM = genq_median, DLIT = dl_iterated)

# The four tests of one estimator.
grid_cases <- function(yi, vi, m) {
  run <- function(text) suppressWarnings(eval(parse(text = text), list(yi = yi, vi = vi), globalenv()))
  num <- function(x) format(signif(x, 3), scientific = TRUE); s <- scale_of(yi)
  ct <- if (m %in% c("ML", "REML", "EB", "SJIT")) sprintf(", control=list(threshold=%s, maxiter=10000)", num(1e-12 * s)) else
    if (m %in% c("PM", "PMM")) sprintf(", control=list(tol=%s, maxiter=10000)", num(1e-13 * s)) else ""
  solver <- SOLVERS[[m]]; own <- if (!is.null(solver)) solver(yi, vi)
  name <- c(GENQ = "genq", GENQM = "genq_median", DLIT = "dl_iterated")[m]
  lapply(TESTS, function(t) {
    if (is.null(own)) {
      shown <- sprintf('rma(yi, vi, method="%s", test="%s")', m, t); plain <- sub(")$", "", shown)
      r <- tryCatch(run(paste0(plain, ct, ")")), error = function(e) NULL)
      # Half steps and less where the Fisher scoring does not settle.
      for (adj in c(0.5, 0.1)) if (is.null(r)) r <- tryCatch(run(paste0(plain, sub("maxiter=10000", sprintf("maxiter=100000, stepadj=%s", adj), ct), ")")), error = function(e) NULL)
    } else {
      shown <- sprintf('rma(yi, vi, tau2=%s(yi, vi)[1], test="%s")', name, t)
      r <- run(sprintf('rma(yi, vi, tau2=%.17g, test="%s")', own[["tau2"]], t)); r$se.tau2 <- own[["se"]]
    }
    p <- predict(r)
    o <- list(k = r$k, coef = c(r$beta), se = r$se, stat = r$zval, pval = r$pval, ci_lb = r$ci.lb, ci_ub = r$ci.ub,
      tau2 = r$tau2, se_tau2 = r$se.tau2, I2 = r$I2, H2 = r$H2, QE = r$QE, QEp = r$QEp)
    if (m != "EE") { o$pi_lb <- p$pi.lb; o$pi_ub <- p$pi.ub }
    x <- list(call = shown, method = m, test = t); if (m %in% c("GENQM", "DLIT")) x$by <- "script"
    x$expected <- js(o); x
  })
}
