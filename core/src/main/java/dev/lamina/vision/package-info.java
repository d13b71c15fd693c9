/**
 * Finding objects in images: boxes, feature pyramids, and the metrics of detection. Coordinates are in pixels, x to the right and y down.
 */
package dev.lamina.vision;
