package dev.lamina.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions.Precision;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GpuRowTest {
    private static final DeviceFigures DEVICE = new DeviceFigures("device events", 1e12, 4_000_000_000L, 77, Map.of("convolution", 3.5));

    /** A workload of batches of 4, 200 samples a second of 10 GFLOP each, on a device of 8 TFLOP/s and 1 TB/s. */
    private static GpuRow row(DeviceFigures device) {
        Row.Own own = new Row.Own(Statistics.of(List.of(100.0, 200.0, 300.0)), 0, 1 << 20, 8e12, 1e10, 0.5, List.of(), List.of(),
                Optional.of(device));
        return new GpuRow(Workload.tiny(), Precision.BFLOAT16, new Row("tiny", Mode.TRAIN, 0, Optional.of(own), List.of(), ""));
    }

    private static String print(GpuRow row, boolean smoke) {
        StringWriter text = new StringWriter();
        GpuTable.print(List.of(row), smoke, false, new PrintWriter(text));
        return text.toString();
    }

    @Test
    void jsonHasTheFieldsThatProgramsReadInTheirOrder() {
        Map<String, Object> json = row(DEVICE).json();
        assertEquals(List.of("workload", "mode", "model", "batch", "precision", "samples_per_second", "min", "max", "heap_bytes_per_step",
                "reorders_per_step", "peak_rss_bytes", "first_step_seconds", "tflops", "gemm_share", "gemm_flops_per_second",
                "bytes_per_second", "copy_share", "copy_bytes_per_second", "arena_bytes", "clock", "milliseconds_by_group"),
                List.copyOf(json.keySet()));
        assertEquals("bf16", json.get("precision"));
        assertEquals(4, json.get("batch"));
        assertEquals(2.0, (double) json.get("tflops"), 1e-12);
        assertEquals(0.25, (double) json.get("gemm_share"), 1e-12);
        assertEquals(2e11, (double) json.get("bytes_per_second"), 1e-3, "4 GB a step, 50 steps a second");
        assertEquals(0.2, (double) json.get("copy_share"), 1e-12);
    }

    @Test
    void whatTheDeviceDoesNotTellIsLeftOut() {
        GpuRow row = row(new DeviceFigures("wall clock", 1e12, 0, 77, Map.of()));
        for (String field : new String[] {"bytes_per_second", "copy_share", "milliseconds_by_group"}) {
            assertFalse(row.json().containsKey(field), field);
        }
        assertFalse(print(row, false).contains("by kind of work"));
        assertTrue(print(row, false).contains("samples/s: by wall clock"));
    }

    @Test
    void aFailureIsToldInTableAndJson() {
        GpuRow row = new GpuRow(Workload.tiny(), Precision.TF32, new Row("tiny", Mode.INFER, 0, Optional.empty(), List.of(), "no memory"));
        assertEquals(Map.of("workload", "tiny", "mode", "infer", "model", "mlp", "batch", 4, "precision", "tf32", "error", "no memory"),
                row.json());
        assertTrue(print(row, false).contains("tiny infer tf32 failed: no memory"), print(row, false));
    }

    @Test
    void tablesShowSpeedSharesAndTimesByKindOfWork() {
        String text = print(row(DEVICE), false);
        for (String part : new String[] {"200.0", "100.0 - 300.0", "2.00", "25.0 %", "200", "20.0 %", "bf16 here, at best 8.00 TFLOP/s",
            "at best 1,000 GB/s", "convolution", "3.50"}) {
            assertTrue(text.contains(part), part + " in\n" + text);
        }
        assertFalse(text.contains("mean nothing"));
        assertTrue(print(row(DEVICE), true).contains("These figures mean nothing"));
    }
}
