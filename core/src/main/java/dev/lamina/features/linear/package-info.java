/** Linear projections fitted to data: principal components and Fisher's discriminants, with the moments and eigenproblems they need. */
package dev.lamina.features.linear;
