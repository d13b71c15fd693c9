package dev.lamina.check.fault;

import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import java.util.List;

/** How one kind of fault is planted. */
interface Defect {
    /**
     * Whether it can be planted at a node, and changes one of its results in general.
     *
     * @param read the results that something reads
     */
    boolean fits(Node node, List<Value> read);

    /** What a node must have that it fits, to follow "needs". */
    String needs();

    /** Adds what computes the node's results with the defect. */
    List<Value> plant(Site site);

    /** A defect of three functions. */
    static Defect of(String needs, Fit fit, Planter planter) {
        return new Defect() {
            @Override
            public boolean fits(Node node, List<Value> read) {
                return fit.fits(node, read);
            }

            @Override
            public String needs() {
                return needs;
            }

            @Override
            public List<Value> plant(Site site) {
                return planter.plant(site);
            }
        };
    }

    /** See {@link Defect#fits}. */
    @FunctionalInterface
    interface Fit {
        boolean fits(Node node, List<Value> read);
    }

    /** See {@link Defect#plant}. */
    @FunctionalInterface
    interface Planter {
        List<Value> plant(Site site);
    }
}
