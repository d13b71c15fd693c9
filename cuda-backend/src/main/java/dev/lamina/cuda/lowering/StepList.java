package dev.lamina.cuda.lowering;

import java.util.ArrayList;
import java.util.List;

/** Steps in the order they are added, those of every run and those that depend on constants and the state only. One thread. */
final class StepList {
    private final List<Step> prologue = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private boolean hoisting;
    private String note = "";

    /** Whether steps are added to the prologue; says what was before. */
    boolean hoist(boolean on) {
        boolean before = hoisting;
        hoisting = on;
        return before;
    }

    boolean isHoisting() {
        return hoisting;
    }

    /** Why the next step takes a slower implementation. */
    void because(String reason) {
        note = reason;
    }

    /** Something to be done when all steps are known. */
    void later(Runnable action) {
        later.add(action);
    }

    void add(List<String> nodes, String implementation, Step.Work work, List<Buffer> used) {
        Step step = new Step(nodes, implementation, note, work, List.copyOf(used));
        note = "";
        int position = hoisting ? -1 : steps.size();
        used.forEach(buffer -> buffer.usedBy(position));
        (hoisting ? prologue : steps).add(step);
    }

    List<Step> prologue() {
        finish();
        return prologue;
    }

    List<Step> steps() {
        finish();
        return steps;
    }

    private void finish() {
        later.forEach(Runnable::run);
        later.clear();
    }
}
