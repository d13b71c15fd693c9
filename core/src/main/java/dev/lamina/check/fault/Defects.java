package dev.lamina.check.fault;

import dev.lamina.graph.Graph;

/** The defect of each kind. */
final class Defects {
    private Defects() { }

    /** What is planted, judged by the node alone. */
    static Defect of(FaultKind kind) {
        return switch (kind) {
            case NAN -> ElementDefects.nan();
            case INFINITY -> ElementDefects.infinity();
            case WRONG_ELEMENT -> ElementDefects.wrongElement();
            case UNWRITTEN_TAIL -> ElementDefects.unwrittenTail();
            case ZERO -> ElementDefects.zero();
            case SHIFTED -> ElementDefects.shifted();
            case TRANSPOSED -> ElementDefects.transposed();
            case NEGATED -> ElementDefects.negated();
            case DOUBLED -> ElementDefects.doubled();
            case STALE -> RunDefects.stale();
            case NOT_REPEATABLE -> RunDefects.notRepeatable();
            case DROPPED_UPDATE -> RunDefects.droppedUpdate();
            case WRONG_STREAM -> RunDefects.wrongStream();
            case WRONG_STEP -> RunDefects.wrongStep();
            case NARROW -> OperandDefects.narrow();
            case MISSING_BIAS -> OperandDefects.missingBias();
            case WRONG_AXIS -> OperandDefects.wrongAxis();
            case SWAPPED -> new SwappedDefect(null);
            case TRUNCATED_SUM -> SumDefects.truncatedSum();
            case LOST_ADDEND -> SumDefects.lostAddend();
            case WRONG_DIVISOR -> DivisorDefect.create();
            case WRONG_STRIDE -> WindowDefects.wrongStride();
            case WRONG_PADDING -> WindowDefects.wrongPadding();
            case WRONG_TIES -> TiesDefect.create();
        };
    }

    /** What is planted in this graph. */
    static Defect of(FaultKind kind, Graph graph) {
        return kind == FaultKind.SWAPPED ? new SwappedDefect(graph) : of(kind);
    }
}
