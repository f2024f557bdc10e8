# Usage, from the folder that holds data/ and golden/: Rscript scripts/gen_variants.R
# Writes golden/variants_<dataset>.escalc.json: measures and variants that gen_pairwise.R does not record. By escalc of metafor 3.8-1
# where it has them; else by the formulas written here, from what escalc gives for the variant next to it (field "by").
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)[1]))
source(file.path(here, "lib.R")); source(file.path(here, "tetrachoric.R"))

J <- function(m) exp(lgamma(m / 2) - log(sqrt(m / 2)) - lgamma((m - 1) / 2))
table_args <- "ai=tpos, bi=tneg, ci=cpos, di=cneg"
means_args <- "m1i=m1i, sd1i=sd1i, n1i=n1i, m2i=m2i, sd2i=sd2i, n2i=n2i"
paired_args <- "m1i=m1i, sd1i=sd1i, m2i=m2i, sd2i=sd2i, ni=ni, ri=ri"
mean_args <- "mi=mi, sdi=sdi, ni=ni"
known <- function(data, measure, args, extra = "") {
  call <- sprintf('escalc(measure="%s", %s%s, data=dat)', measure, args, extra)
  dat <- read.csv(sprintf("data/%s.csv", data)); r <- eval(parse(text = call))
  list(data = data, measure = measure, call = call, yi = c(r$yi), vi = c(r$vi))
}
derived <- function(data, measure, args, extra, f) {
  dat <- read.csv(sprintf("data/%s.csv", data)); e <- f(dat)
  list(data = data, measure = measure, call = sprintf('escalc(measure="%s", %s%s, data=dat)', measure, args, extra), by = "scripts/gen_variants.R", yi = e$yi, vi = e$vi)
}
fisher <- function(e) list(yi = atanh(e$yi), vi = e$vi / (1 - e$yi^2)^2)
ST <- ', vtype="ST"'; CS <- ', vtype="CS"'; plain <- ", correct=FALSE"
phi <- known("bcg", "PHI", table_args, ST); rpb <- known("normand1999", "RPB", means_args, CS)
pooled <- function(d, heteroscedastic) {
  p <- sqrt((d$sd1i^2 + d$sd2i^2) / 2); s2 <- d$sd1i^2 + d$sd2i^2 - 2 * d$ri * d$sd1i * d$sd2i; y <- (d$m1i - d$m2i) / p
  list(yi = y, vi = if (heteroscedastic) s2 / (p^2 * (d$ni - 1)) + y^2 * (d$sd1i^4 + d$sd2i^4 + 2 * d$ri^2 * d$sd1i^2 * d$sd2i^2) / (8 * p^4 * (d$ni - 1))
    else 2 * (1 - d$ri) / d$ni + (1 + d$ri^2) * y^2 / (4 * d$ni))
}
cases <- list(
  phi, derived("bcg", "ZPHI", table_args, ST, function(d) fisher(phi)),
  derived("bcg", "RTET", table_args, "", function(d) tetrachoric_effects(d$tpos, d$tneg, d$cpos, d$cneg, "RTET")),
  derived("bcg", "ZTET", table_args, "", function(d) tetrachoric_effects(d$tpos, d$tneg, d$cpos, d$cneg, "ZTET")),
  rpb, derived("normand1999", "ZPB", means_args, CS, function(d) fisher(rpb)),
  derived("normand1999", "SMD1H", means_args, plain, function(d) { y <- (d$m1i - d$m2i) / d$sd2i
    list(yi = y, vi = (d$sd1i / d$sd2i)^2 / (d$n1i - 1) + 1 / (d$n2i - 1) + y^2 / (2 * (d$n2i - 1))) }),
  derived("normand1999", "VR", means_args, plain, function(d) { r <- known("normand1999", "VR", means_args)
    list(yi = r$yi - 1 / (2 * (d$n1i - 1)) + 1 / (2 * (d$n2i - 1)), vi = r$vi) }),
  derived("synth_prepost_a", "SMCRP", paired_args, plain, function(d) pooled(d, FALSE)),
  derived("synth_prepost_a", "SMCRPH", paired_args, plain, function(d) pooled(d, TRUE)),
  derived("synth_mean_a", "SMN", mean_args, plain, function(d) { y <- known("synth_mean_a", "SMN", mean_args)$yi / J(d$ni - 1)
    list(yi = y, vi = 1 / d$ni + y^2 / (2 * d$ni)) }),
  derived("synth_mean_a", "SDLN", mean_args, plain, function(d) { r <- known("synth_mean_a", "SDLN", mean_args); list(yi = r$yi - 1 / (2 * (d$ni - 1)), vi = r$vi) }),
  derived("synth_mean_a", "CVLN", mean_args, plain, function(d) { r <- known("synth_mean_a", "CVLN", mean_args); list(yi = r$yi - 1 / (2 * (d$ni - 1)), vi = r$vi) }),
  known("matched_margins", "MPORM", "ai=ai, bi=bi, ci=ci, di=di, ri=ri"),
  known("genotypes", "REH", "ai=ai, bi=bi, ci=ci"))

for (data in unique(vapply(cases, function(x) x$data, ""))) {
  own <- Filter(function(x) x$data == data, cases)
  rows <- vapply(own, function(x) as.character(enc(c(x["call"], x["measure"], x["by"][!is.null(x$by)], list(expected = list(yi = x$yi, vi = x$vi))))), "")
  h <- enc(list(dataset = sprintf("data/%s.csv", data), family = "escalc", R = as.character(getRversion()), packages = pkgver("metafor")))
  writeLines(c(paste0(substr(h, 1, nchar(h) - 1), ',"prep":["dat <- read.csv(\\"data/', data, '.csv\\")"],"cases":['),
    paste0(rows, c(rep(",", length(rows) - 1), "")), "]}"), sprintf("golden/variants_%s.escalc.json", data))
}
