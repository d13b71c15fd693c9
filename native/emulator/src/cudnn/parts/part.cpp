// All there is in libcudnn_graph.so.9 and the other sub-libraries: the version, for libcudnn.so.9 to compare with its own.
extern "C" __attribute__((visibility("default"))) int cudnnEmulatedPartVersion() {
    return 90501;
}
