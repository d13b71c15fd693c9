/** Data sets with boxes in the layout of PASCAL VOC. */
package dev.lamina.vision.voc;
