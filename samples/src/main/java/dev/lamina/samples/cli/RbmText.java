package dev.lamina.samples.cli;

import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmEpoch;
import java.util.Locale;

/** What people read of a machine's training. */
final class RbmText {
    private RbmText() { }

    /** The machine's layers. */
    static String of(Rbm rbm) {
        return "%d %s visible, %d %s hidden units".formatted(rbm.visible(), rbm.visibleUnit(), rbm.hidden(), rbm.hiddenUnit());
    }

    static String line(RbmEpoch e) {
        return String.format(Locale.ROOT, "epoch %d: error %.3f, held-out mean-field error %.3f, F train %.3f, F held-out %.3f, gap %.3f, "
                + "update/weight %.2e, activity %.3f, %.1f s", e.epoch(), e.error(), e.heldOutError(), e.freeEnergyTrain(),
                e.freeEnergyHeldOut(), e.gap(), e.updateRatio(), e.activity(), e.seconds());
    }
}
