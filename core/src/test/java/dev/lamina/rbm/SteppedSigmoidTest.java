package dev.lamina.rbm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Numbers of the specification's section 5. */
class SteppedSigmoidTest {
    @Test
    void hundredCopiesDifferFromSoftplusByTheKnownNumber() {
        SteppedSigmoid.Comparison c = SteppedSigmoid.compare(100, 8);
        assertEquals(0.01058, c.steppedAgainstSoftplus(), 5e-6);
        assertEquals(0, c.at(), 0.05);
        assertEquals(Math.log(2), c.softplusAgainstRelu(), 1e-12);
        assertEquals(0.682569, c.steppedAgainstRelu(), 5e-7);
    }

    @Test
    void theSumAtZeroIsKnown() {
        assertEquals(0.682569, SteppedSigmoid.stepped(100, 0), 5e-7);
        assertEquals(0.693147, SteppedSigmoid.softplus(0), 5e-7);
    }

    @Test
    void fewCopiesSaturateAtTheirNumber() {
        assertEquals(3, SteppedSigmoid.stepped(3, 60), 1e-12);
        assertEquals(0, SteppedSigmoid.stepped(3, -800), 0);
    }

    @Test
    void freeEnergyOfTheIdealisedUnitIsKnown() {
        assertEquals(0.327557, SteppedSigmoid.freeEnergy(-1), 5e-7);
        assertEquals(0.801634, SteppedSigmoid.freeEnergy(0), 5e-7);
        assertEquals(3.477124, SteppedSigmoid.freeEnergy(2), 5e-7);
        assertEquals(14.096812, SteppedSigmoid.freeEnergy(5), 5e-7);
    }

    @Test
    void itsSlopeIsTheMeanNumberOfCopiesThatAreOn() {
        double h = 1e-4;
        for (double x = -6; x <= 6; x += 0.75) {
            double slope = (SteppedSigmoid.freeEnergy(x + h) - SteppedSigmoid.freeEnergy(x - h)) / (2 * h);
            assertEquals(SteppedSigmoid.stepped(200, x), slope, 1e-7, "x = " + x);
        }
    }

    @Test
    void impossibleQuestionsAreErrors() {
        assertEquals("rbm: stepped sigmoid: copies = 0, needs >= 1.",
                assertThrows(IllegalArgumentException.class, () -> SteppedSigmoid.compare(0, 8)).getMessage());
        assertEquals("rbm: stepped sigmoid: range = 0.0, needs > 0.",
                assertThrows(IllegalArgumentException.class, () -> SteppedSigmoid.compare(1, 0)).getMessage());
    }
}
