/**
 * The graph that an ONNX model describes, built of Lamina's own ops. {@link dev.lamina.io.onnx.ops.OnnxImport} is the way in; a family of
 * operators is a file, which {@link dev.lamina.io.onnx.ops.Operators} collects. What shapes are computed with goes through
 * {@link dev.lamina.io.onnx.ops.Folding}, which computes at once what is known.
 */
package dev.lamina.io.onnx.ops;
