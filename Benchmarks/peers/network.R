# The network of Benchmarks/Benchmarks/Network by metafor's rma.mv: contrasts of every study with its first arm, their
# covariance, one column for each treatment but the first, tau squared of every difference.
#
# Rscript network.R TREATMENTS [sparse|dense]
suppressMessages(library(metafor))
arguments <- commandArgs(trailingOnly = TRUE)
n <- as.integer(arguments[1])
sparse <- !identical(arguments[2], "dense")

state <- 20250101
uniform <- function() {
  state <<- (state * 16807) %% 2147483647
  state / 2147483647
}
deviation <- function() {
  sum <- -6
  for (index in 1:12) sum <- sum + uniform()
  sum
}

effects <- vapply(seq_len(n), function(index) 0.5 * deviation(), 0)
studies <- lapply(seq_len(20 * n) - 1, function(study) {
  share <- uniform()
  size <- if (share < 0.7) 2 else if (share < 0.9) 3 else 4
  arms <- if (study < n) c(study, (study + 1) %% n) else integer(0)
  while (length(arms) < size) {
    arm <- floor(uniform() * n)
    if (!(arm %in% arms)) arms <- c(arms, arm)
  }
  v <- mean <- numeric(size)
  for (arm in seq_len(size)) {
    v[arm] <- 0.01 + 0.05 * uniform()
    mean[arm] <- effects[arms[arm] + 1] + sqrt(v[arm] + 0.02) * deviation()
  }
  list(
    y = mean[-1] - mean[1], V = diag(v[-1], size - 1) + v[1],
    X = t(vapply(2:size, function(arm) (seq_len(n) == arms[arm] + 1) - (seq_len(n) == arms[1] + 1), numeric(n))))
})
y <- unlist(lapply(studies, `[[`, "y"))
V <- bldiag(lapply(studies, `[[`, "V"))
X <- do.call(rbind, lapply(studies, `[[`, "X"))[, -1]
arms <- vapply(studies, function(study) length(study$y), 0L)
data <- data.frame(study = rep(seq_along(studies), arms), arm = unlist(lapply(arms, seq_len)))

time <- system.time(
  fit <- rma.mv(y, V, mods = X, intercept = FALSE, random = ~ arm | study, rho = 1 / 2, data = data, sparse = sparse))
contrasts <- system.time({
  # Every pair of treatments with its standard error.
  covariance <- rbind(0, cbind(0, vcov(fit)))
  estimates <- outer(c(0, coef(fit)), c(0, coef(fit)), "-")
  errors <- sqrt(outer(diag(covariance), diag(covariance), "+") - 2 * covariance)
})
cat(sprintf(
  "metafor %s, %d treatments, %d studies: %.3f s (and %.3f s for all pairs), tau squared %.10f, effect of 2 versus 1 %.10f (%.10f)\n",
  packageVersion("metafor"), n, length(studies), sum(time[1:2]), sum(contrasts[1:2]), fit$tau2, estimates[2, 1],
  errors[2, 1]))
