/**
 * ONNX models (onnx.ai): the file format as values, read by {@link dev.lamina.io.onnx.OnnxFile} and written by
 * {@link dev.lamina.io.onnx.OnnxWriter}. The wire format is read and written by Google's protobuf library; the messages' field numbers are
 * those of {@code onnx.proto}. Values are immutable and thread-safe unless said.
 */
package dev.lamina.io.onnx;
