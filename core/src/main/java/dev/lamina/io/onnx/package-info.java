/**
 * ONNX models (onnx.ai): the file format as values. The wire format is read
 * by Google's protobuf library; the messages' field numbers are those of {@code onnx.proto}. Values are immutable and thread-safe unless
 * said.
 */
package dev.lamina.io.onnx;
