/**
 * Lamina graphs as ONNX models, operator set {@value dev.lamina.io.onnx.export.OnnxExport#OPERATORS}. One file for each family of ops.
 * Every switch over ops is exhaustive, so that the compiler names the place where a new op must be given its ONNX form, or the reason why
 * it has none.
 */
package dev.lamina.io.onnx.export;
