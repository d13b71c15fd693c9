package dev.lamina.check.fault;

import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * A defect that spoils a finished result: the first that fits and that something reads; of an update the new value of its first variable.
 *
 * @param needs what a node must have that it fits
 * @param fits whether a result of the original can be spoilt
 * @param spoil what becomes of it in the new graph
 */
record ResultDefect(String needs, Predicate<Value> fits, BiFunction<Site, Value, Value> spoil) implements Defect {
    @Override
    public boolean fits(Node node, List<Value> read) {
        return node.op() instanceof Update ? computes(node.output(0)) : read.stream().anyMatch(this::computes);
    }

    private boolean computes(Value value) {
        return !(value.node().op() instanceof Source) && value.shape().elements() > 0 && fits.test(value);
    }

    @Override
    public List<Value> plant(Site site) {
        boolean update = site.node().op() instanceof Update;
        site.builder();
        List<Value> results = new ArrayList<>(update ? UpdateRules.newValues((Update) site.node().op(), site.operands()) : site.clean());
        int spoilt = update ? 0 : site.setting().read().stream().filter(this::computes).findFirst().orElseThrow().output();
        results.set(spoilt, spoil.apply(site, results.get(spoilt)));
        return update ? site.assigned(results) : results;
    }
}
