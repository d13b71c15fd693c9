/** One comparison of hand-made and learnt features under equal budgets: methods and their recipes, what runs them, and the page. */
package dev.lamina.samples.compare;
