# Usage, from the folder that holds data/ and golden/: Rscript scripts/gen_grid.R
# Writes golden/grid.json: every effect measure x estimator of tau^2 x test on one small data set each.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)[1]))
source(file.path(here, "lib.R")); source(file.path(here, "grid_lib.R")); source(file.path(here, "tetrachoric.R"))

D <- function(measures, data, args) lapply(measures, function(m) list(measure = m, data = data, args = args))
grid <- do.call(c, list(
  D(c("OR", "RR", "RD", "AS", "PETO", "PHI", "ZPHI", "YUQ", "YUY", "RTET", "ZTET", "PBIT", "OR2D", "OR2DN", "OR2DL"), "bcg", "ai=tpos, bi=tneg, ci=cpos, di=cneg"),
  D(c("MD", "SMD", "SMDH", "SMD1", "SMD1H", "ROM", "RPB", "ZPB", "RBIS", "ZBIS", "D2OR", "D2ORN", "D2ORL", "VR", "CVR", "CLESN"), "normand1999", "m1i=m1i, sd1i=sd1i, n1i=n1i, m2i=m2i, sd2i=sd2i, n2i=n2i"),
  D(c("MC", "SMCC", "SMCR", "SMCRH", "SMCRP", "SMCRPH", "ROMC", "VRC", "CVRC", "CLESCN"), "synth_prepost_a", "m1i=m1i, sd1i=sd1i, m2i=m2i, sd2i=sd2i, ni=ni, ri=ri"),
  D(c("MPRR", "MPOR", "MPRD", "MPORC", "MPPETO"), "synth_matched_a", "ai=ai, bi=bi, ci=ci, di=di"),
  D("MPORM", "matched_margins", "ai=ai, bi=bi, ci=ci, di=di, ri=ri"),
  D("REH", "genotypes", "ai=ai, bi=bi, ci=ci"),
  D(c("MN", "MNLN", "SMN", "SDLN", "CVLN"), "synth_mean_a", "mi=mi, sdi=sdi, ni=ni"),
  D(c("PR", "PLN", "PLO", "PRZ", "PAS", "PFT"), "pritz1997", "xi=xi, ni=ni"),
  D(c("IRR", "IRD", "IRSD"), "hart1999", "x1i=x1i, t1i=t1i, x2i=x2i, t2i=t2i"),
  D(c("IR", "IRLN", "IRS", "IRFT"), "nielweise2008_arm", "xi=xi, ti=ti"),
  D(c("COR", "UCOR", "ZCOR"), "craft2003", "ri=ri, ni=ni"),
  D(c("ARAW", "AHW", "ABT"), "bonett2010", "ai=ai, mi=mi, ni=ni"),
  D("GEN", "raudenbush1985", "yi=yi, vi=vi"),
  D("HR", "grid_hr", "log of hr; variance from the 95% limits")))

RECORDED <- c("SMDH", "ROM", "ROMC", "ZPHI", "SMD1", "SMD1H", "ZPB", "ZBIS", "CVR", "CLESN", "SMCRH", "SMCRP", "SMCRPH", "CVRC", "CLESCN", "PRZ")

effects <- function(g) {
  dat <- read.csv(sprintf("data/%s.csv", g$data))
  if (g$measure == "HR") return(list(call = "yi <- log(hr); vi <- ((log(ci_high) - log(ci_low)) / (2 * qnorm(0.975)))^2",
    yi = log(dat$hr), vi = ((log(dat$ci_high) - log(dat$ci_low)) / (2 * qnorm(0.975)))^2))
  if (g$measure == "GEN") return(list(call = "yi <- dat$yi; vi <- dat$vi", yi = dat$yi, vi = dat$vi))
  call <- sprintf('escalc(measure="%s", %s, data=dat)', g$measure, g$args)
  # metafor stops its search for the tetrachoric correlation at steps of 1e-4: solved here.
  if (g$measure %in% c("RTET", "ZTET")) {
    e <- tetrachoric_effects(dat$tpos, dat$tneg, dat$cpos, dat$cneg, g$measure)
    return(list(call = call, metafor = "scripts/tetrachoric.R", yi = e$yi, vi = e$vi))
  }
  # Unknown before version 5, or defined differently (variance of SMDH, bias correction of the log ratios of means): taken as recorded.
  if (g$measure %in% RECORDED && packageVersion("metafor") < "5") {
    old <- fromJSON(sprintf("golden/%s.escalc.json", g$data), simplifyVector = FALSE)
    x <- Filter(function(x) x$call == call, old$cases)[[1]]$expected
    return(list(call = call, metafor = old$packages$metafor, yi = unlist(x$yi), vi = unlist(x$vi)))
  }
  r <- eval(parse(text = call))
  list(call = call, yi = c(r$yi), vi = c(r$vi))
}

full <- function(x) { x <- vapply(x, function(v) if (is.na(v)) "null" else sprintf("%.17g", v), ""); paste0("[", paste(x, collapse = ","), "]") }
inputs <- character(0); cases <- list()
for (g in grid) {
  e <- effects(g); yi <- e$yi; vi <- e$vi; stopifnot(all(is.finite(yi)), all(vi > 0))
  version <- if (is.null(e$metafor)) as.character(packageVersion("metafor")) else e$metafor
  inputs <- c(inputs, sprintf('"%s":{"dataset":"data/%s.csv","call":%s,"metafor":"%s","yi":%s,"vi":%s}', g$measure, g$data, toJSON(unbox(e$call)), version, full(yi), full(vi)))
  for (m in METHODS) for (x in grid_cases(yi, vi, m)) cases[[length(cases) + 1]] <- c(x[1], list(measure = g$measure), x[-1])
}
con <- file("golden/grid.json", "w")
h <- enc(list(dataset = "", family = "grid", R = as.character(getRversion()), packages = pkgver("metafor")))
writeLines(c(paste0(substr(h, 1, nchar(h) - 1), ","), paste0('"notes":', toJSON(unbox(NOTES)), ","), '"prep":[],', '"inputs":{'), con)
writeLines(c(paste0(inputs, c(rep(",", length(inputs) - 1), "")), "},", '"cases":['), con)
s <- vapply(cases, function(x) as.character(enc(x)), "")
writeLines(c(paste0(s, c(rep(",", length(s) - 1), "")), "]}"), con)
close(con)
cat(length(cases), "cases,", file.size("golden/grid.json"), "bytes\n")
