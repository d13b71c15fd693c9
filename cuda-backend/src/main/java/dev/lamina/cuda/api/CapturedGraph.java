package dev.lamina.cuda.api;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;

/**
 * Work captured from a stream, ready to be run again as often as wanted. All memory, modules and handles that the captured calls used must
 * live as long as it is launched; the values of kernel arguments and copies' addresses are those of the capture. Not thread-safe.
 */
public final class CapturedGraph extends Owner {
    private final CUgraphExec handle;
    private final long nodes;

    CapturedGraph(Context context, CUgraphExec handle, long nodes) {
        super(context, "a captured graph of " + nodes + " nodes");
        this.handle = handle;
        this.nodes = nodes;
    }

    /** Makes a graph runnable and gives the graph itself back. */
    static CapturedGraph instantiate(Context context, CUgraph graph) {
        try {
            long[] nodes = new long[1];
            Driver.check(JCudaDriver.cuGraphGetNodes(graph, null, nodes), "cuGraphGetNodes", "a captured graph");
            CUgraphExec handle = new CUgraphExec();
            Driver.check(JCudaDriver.cuGraphInstantiate(handle, graph, 0), "cuGraphInstantiate", nodes[0] + " nodes");
            return new CapturedGraph(context, handle, nodes[0]);
        } finally {
            JCudaDriver.cuGraphDestroy(graph);
        }
    }

    /** Runs it after what the stream already has to do. Does not wait. */
    public void launch(Stream stream) {
        enter();
        Driver.check(JCudaDriver.cuGraphLaunch(handle, stream.raw()), "cuGraphLaunch", this);
    }

    /** How many calls were captured. */
    public long nodes() {
        return nodes;
    }

    @Override
    void release() {
        Driver.check(JCudaDriver.cuGraphExecDestroy(handle), "cuGraphExecDestroy", this);
    }
}
