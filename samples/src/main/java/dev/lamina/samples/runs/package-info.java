/** Run folders as people read them: evaluation files, the page of a run, lists and comparisons of runs. Knows nothing of the command. */
package dev.lamina.samples.runs;
