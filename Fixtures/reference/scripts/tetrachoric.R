# Tetrachoric correlation of a two-by-two table and its variance, to about 1e-14: the r at which the bivariate normal
# distribution has the table's share of the first cell beyond the thresholds of its margins. Derivatives as in Pearson (1900).
tetrachoric <- function(a, b, c, d) {
  n <- a + b + c + d; h <- qnorm((a + b) / n); k <- qnorm((a + c) / n)
  density <- function(t) exp(-(h^2 + k^2 - 2 * h * k * sin(t)) / (2 * cos(t)^2)) / (2 * pi)
  target <- (a * d - b * c) / n^2
  # Equal panels of a rule of 12 points, so many that more change nothing.
  rule <- legendre(12)
  integral <- function(theta) { e <- seq(0, theta, length.out = 401); w <- diff(e)
    sum(vapply(seq_along(w), function(i) w[i] * sum(rule$w * density(e[i] + w[i] * rule$x)), 0)) }
  theta <- uniroot(function(t) integral(t) - target, c(-1, 1) * (pi / 2 - 1e-6), tol = 1e-10)$root
  for (i in 1:4) theta <- theta - (integral(theta) - target) / density(theta)
  r <- sin(theta); s <- cos(theta)
  A <- pnorm((k - r * h) / s); B <- pnorm((h - r * k) / s)
  w <- c(1 - A - B, -A, -B, 0); p <- c(a, b, c, d) / n
  c(r, sum(p * (w - sum(p * w))^2) / (n * (density(theta) / s)^2))
}

# Gauss-Legendre rule on [0, 1] from the eigenvalues of its Jacobi matrix.
legendre <- function(m) {
  i <- 1:(m - 1); b <- i / sqrt(4 * i^2 - 1); J <- matrix(0, m, m); J[cbind(i, i + 1)] <- b; J[cbind(i + 1, i)] <- b
  e <- eigen(J, symmetric = TRUE); list(x = (e$values + 1) / 2, w = e$vectors[1, ]^2)
}

tetrachoric_effects <- function(a, b, c, d, measure) {
  e <- mapply(tetrachoric, a, b, c, d)
  if (measure == "RTET") list(yi = e[1, ], vi = e[2, ]) else list(yi = atanh(e[1, ]), vi = e[2, ] / (1 - e[1, ]^2)^2)
}
