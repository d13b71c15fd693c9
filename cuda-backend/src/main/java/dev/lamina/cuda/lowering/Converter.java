package dev.lamina.cuda.lowering;

import dev.lamina.backend.fusion.Lifetimes;
import dev.lamina.cuda.api.DeviceMemory;
import dev.lamina.cuda.api.Stream;
import dev.lamina.graph.GraphBuilder;
import java.util.List;

/** Copies from one layout to another outside of a graph, e.g. for a variable that is read or moved. */
public final class Converter {
    private Converter() { }

    /** Enqueues a copy; what it needs lives as long as the scope. */
    public static void run(Toolbox tools, Owned scope, Stream stream, Layout from, long source, Layout to, long target) {
        Lifetimes nothing = new Lifetimes(new GraphBuilder().build(), List.of(), false, false);
        Assembly assembly = new Assembly(tools.kernels(), scope, nothing, Compiler.conversion(), Order.PLAIN, true);
        Buffer in = new Buffer("from", from.bytes(), Buffer.Home.STATE);
        Buffer out = new Buffer("to", to.bytes(), Buffer.Home.STATE);
        assembly.convert("a variable", new Place(in, from), new Place(out, to), "");
        in.moveTo(source);
        out.moveTo(target);
        for (Buffer buffer : assembly.memory().buffers()) {
            DeviceMemory scratch = scope.add(tools.context().allocate(Math.max(1, buffer.bytes()), "scratch"));
            buffer.moveTo(scratch.address());
        }
        assembly.steps().forEach(step -> step.work().enqueue(stream));
    }
}
