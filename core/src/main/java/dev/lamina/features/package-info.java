/**
 * Featurisers: images to vectors by hand-made means, fitted on training samples and then applied to any. Heavy products are graphs on a
 * backend; small eigenproblems run on the host in float64.
 */
package dev.lamina.features;
