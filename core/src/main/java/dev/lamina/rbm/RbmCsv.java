package dev.lamina.rbm;

import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Writes a header and one row an epoch, always the whole file, so that a resumed run neither doubles nor loses a row. */
public final class RbmCsv implements RbmListener {
    /** First row. */
    public static final String HEADER = "epoch,step,error,held_out_error,free_energy_train,free_energy_held_out,free_energy_gap,"
            + "update_ratio,activity,learning_rate,momentum,seconds";

    private final Path file;

    /** A listener that writes this file. */
    public RbmCsv(Path file) {
        this.file = file;
    }

    @Override
    public void onEpoch(List<RbmEpoch> history) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (RbmEpoch e : history) {
            text.append(e.epoch()).append(',').append(e.step());
            for (double value : new double[] {e.error(), e.heldOutError(), e.freeEnergyTrain(), e.freeEnergyHeldOut(), e.gap(),
                e.updateRatio(), e.activity(), e.rate(), e.momentum(), e.seconds()}) {
                text.append(',').append(value);
            }
            text.append('\n');
        }
        try {
            AtomicFiles.writeString(file, text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("csv: cannot write \"" + file + "\": " + e.getMessage(), e);
        }
    }
}
