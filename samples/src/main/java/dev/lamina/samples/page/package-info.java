/** What reports have in common: HTML pages that need nothing else, charts as SVG, tables of words. Knows nothing of what it shows. */
package dev.lamina.samples.page;
