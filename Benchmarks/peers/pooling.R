# Times pooling by metafor's rma, group by group, in the format of throughput and limits/kernel.c.
#
# Rscript pooling.R DATA.f64 STUDIES METHOD TEST GROUPS REPEATS FITS [OUT.f64]
#
# DATA.f64 holds all effects, then all variances; the first GROUPS groups are pooled FITS times between two readings of the clock.
# OUT.f64 gets their estimates, standard errors, tau squared. rma stops early by default (relative 4e-4 in tau squared at k = 1000):
# it is timed as it comes, and told not to for the numbers in OUT.f64, which takes it up to twenty times as long.
suppressMessages(library(metafor))
arguments <- commandArgs(trailingOnly = TRUE)
path <- arguments[1]
studies <- as.integer(arguments[2])
method <- arguments[3]
test <- arguments[4]
groups <- as.integer(arguments[5])
repeats <- as.integer(arguments[6])
fits <- as.integer(arguments[7])

data <- readBin(path, "double", file.size(path) / 8)
y <- data[seq_len(groups * studies)]
v <- data[length(data) / 2 + seq_len(groups * studies)]

pool <- function(control) {
  results <- matrix(NaN, groups, 3)
  for (group in seq_len(groups)) {
    of <- (group - 1) * studies + seq_len(studies)
    fit <- NULL
    # Fisher scoring leaps from side to side in some groups: half steps where whole ones do not converge.
    for (step in c(1, 0.5)) {
      fit <- tryCatch(
        rma(y[of], v[of], method = method, test = test, control = c(control, stepadj = step)),
        error = function(condition) NULL)
      if (!is.null(fit)) break
    }
    if (!is.null(fit)) results[group, ] <- c(fit$beta, fit$se, fit$tau2)
  }
  results
}

results <- pool(list())
times <- replicate(repeats, {
  time <- system.time(for (fit in seq_len(fits)) pool(list()))
  c(sum(time[1:2]), time[3]) / fits
})
if (length(arguments) > 7) {
  results <- pool(list(threshold = 1e-12, maxiter = 10000, tol = 1e-13))
  file <- file(arguments[8], "wb")
  writeBin(as.vector(results), file)
  close(file)
}
cpu <- times[1, ]
cat(sprintf(
  paste(
    "tool=metafor-%s version=metafor-%s model=%s interval=%s groups=%d studies=%d threads=1 cpu_min=%.9g cpu_median=%.9g",
    "wall_min=%.9g wall_median=%.9g rate_max=%.9g rate_median=%.9g sum_estimate=%.17g sum_tau2=%.17g sum_se=%.17g failed=%d\n"),
  method, packageVersion("metafor"), method, test, groups, studies, min(cpu), median(cpu), min(times[2, ]), median(times[2, ]),
  groups / min(cpu), groups / median(cpu), sum(results[, 1]), sum(results[, 3]), sum(results[, 2]), sum(is.nan(results[, 1]))))
