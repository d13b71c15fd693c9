package dev.lamina.check;

import java.util.List;

/**
 * How far sides run apart that start from one state and go on from their own.
 *
 * @param rows one for each step and each side but the first, by step, then by side
 */
public record DriftReport(List<Row> rows) {
    /** A copy of the list is kept. */
    public DriftReport {
        rows = List.copyOf(rows);
    }

    /**
     * One side after one step.
     *
     * @param step from 0
     * @param side label of the side
     * @param variable name of the variable that is furthest from the first side's, of those that steps change
     * @param apart Euclidean distance of all of them together from the first side's, as a share of how far they have moved since the start
     * @param allowed the largest share allowed
     */
    public record Row(int step, String side, String variable, double apart, double allowed) {
    }

    /** Whether nothing ran further apart than allowed. */
    public boolean agrees() {
        return rows.stream().allMatch(row -> row.apart() <= row.allowed());
    }
}
