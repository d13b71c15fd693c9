/** Cross-checks of models: what is checked, and the reports for people, programs and CI servers. */
package dev.lamina.samples.check;
