package dev.lamina.cuda.lowering;

import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The buffers of an executable, and what some of them must hold before steps run. One thread. */
public final class Memory {
    private final List<Buffer> buffers = new ArrayList<>();
    private final Map<Buffer, Tensor> contents = new LinkedHashMap<>();
    private final Map<Buffer, Source.Fill> fills = new LinkedHashMap<>();
    private final List<PointerTable> tables = new ArrayList<>();
    private Faults faults;

    /** All buffers. */
    public List<Buffer> buffers() {
        return buffers;
    }

    /** Constants and the buffers that must hold them before the first run. */
    public Map<Buffer, Tensor> contents() {
        return contents;
    }

    /** Fills that some step reads as memory, and their buffers. */
    public Map<Buffer, Source.Fill> fills() {
        return fills;
    }

    /** Tables whose memory must hold their content when steps run. */
    public List<PointerTable> tables() {
        return tables;
    }

    /** Where kernels report indices out of range. */
    public Faults faults() {
        if (faults == null) {
            faults = new Faults();
            add(faults.buffer());
        }
        return faults;
    }

    Buffer add(Buffer buffer) {
        buffers.add(buffer);
        return buffer;
    }

    Place constant(String name, Tensor content) {
        Layout layout = Layout.plain(new TensorType(content.dtype(), content.shape()));
        Place place = kept(name, layout);
        contents.put(place.buffer(), content);
        return place;
    }

    Place fill(String name, Source.Fill fill) {
        Place place = kept(name, Layout.plain(fill.type()));
        fills.put(place.buffer(), fill);
        return place;
    }

    PointerTable table(String name, List<Buffer> entries) {
        PointerTable table = new PointerTable(add(new Buffer(name, (long) Long.BYTES * entries.size(), Buffer.Home.KEPT)), entries);
        tables.add(table);
        return table;
    }

    private Place kept(String name, Layout layout) {
        return new Place(add(new Buffer(name, layout.bytes(), Buffer.Home.KEPT)), layout);
    }
}
