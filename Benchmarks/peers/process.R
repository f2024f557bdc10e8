# The reported effects of Fixtures/msc.csv by metafor, one analysis for each outcome, as `metaan pool` does for all kinds of data.
suppressMessages(library(metafor))
records <- read.csv(commandArgs(trailingOnly = TRUE)[1])
records$sei <- ifelse(is.na(records$sei), (records$ci_high - records$ci_low) / (2 * qnorm(0.975)), records$sei)
records <- records[!is.na(records$yi) & !is.na(records$sei), ]
for (studies in split(records, factor(records$outcome, unique(records$outcome)))) {
  cat(studies$outcome[1], "\n")
  print(rma(yi, sei = sei, data = studies, method = "REML", test = "knha", slab = study))
}
