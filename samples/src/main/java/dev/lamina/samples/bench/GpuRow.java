package dev.lamina.samples.bench;

import dev.lamina.backend.CompileOptions.Precision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The result of one workload, mode and precision on a device. */
record GpuRow(Workload workload, Precision precision, Row row) {
    /** Bytes that a step's implementations read or write, by second. */
    Optional<Double> bytesPerSecond() {
        return row.ours().flatMap(o -> o.onDevice().filter(d -> d.bytesPerStep() > 0)
                .map(d -> d.bytesPerStep() * o.speed().median() / workload.batch()));
    }

    /** For programs: what {@code bench cpu} writes and the device's figures; what does not exist is left out. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        row.json().forEach((field, value) -> {
            json.put(field, value);
            if (field.equals("mode")) {
                json.put("model", workload.model().name());
                json.put("batch", workload.batch());
                json.put("precision", precision.label());
            }
        });
        json.remove("threads");
        json.remove("sgemm_share");
        json.remove("sgemm_flops_per_second");
        row.ours().ifPresent(o -> {
            json.put("tflops", o.flopsPerSecond() * 1e-12);
            json.put("gemm_share", o.sgemmShare());
            json.put("gemm_flops_per_second", o.sgemmPeak());
        });
        bytesPerSecond().ifPresent(b -> json.put("bytes_per_second", b));
        row.ours().flatMap(Row.Own::onDevice).ifPresent(d -> putDevice(json, d));
        return json;
    }

    private void putDevice(Map<String, Object> json, DeviceFigures device) {
        bytesPerSecond().ifPresent(b -> json.put("copy_share", b / device.copyPeak()));
        json.put("copy_bytes_per_second", device.copyPeak());
        json.put("arena_bytes", device.arenaBytes());
        json.put("clock", device.clock());
        if (!device.groups().isEmpty()) {
            json.put("milliseconds_by_group", device.groups());
        }
    }
}
