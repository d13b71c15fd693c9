package dev.lamina.cuda.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StatusNamesTest {
    @Test
    void dnnNumbersAreThoseOfVersion9() {
        assertEquals("CUDNN_STATUS_BAD_PARAM", DnnStatus.name(2000));
        assertEquals("CUDNN_STATUS_NOT_SUPPORTED", DnnStatus.name(3000));
        assertEquals("CUDNN_STATUS_EXECUTION_FAILED", DnnStatus.name(5000));
        assertEquals("cuDNN status 9", DnnStatus.name(9));
    }

    @Test
    void onlyTheThreeThousandsMeanNotSupported() {
        assertTrue(DnnStatus.isNotSupported(3000));
        assertTrue(DnnStatus.isNotSupported(3014));
        assertFalse(DnnStatus.isNotSupported(2000));
        assertFalse(DnnStatus.isNotSupported(9));
        assertFalse(DnnStatus.isNotSupported(4004));
    }

    @Test
    void everyDnnStatusHasAHint() {
        for (int status : new int[] {1001, 1002, 1008, 2002, 3005, 3009, 4004, 5001, 77_777}) {
            assertFalse(DnnStatus.hint(status).isEmpty(), () -> DnnStatus.name(status));
        }
    }

    @Test
    void blasStatusesHaveNamesAndHints() {
        assertEquals("CUBLAS_STATUS_EXECUTION_FAILED", BlasStatus.name(13));
        assertEquals("cuBLAS status 99", BlasStatus.name(99));
        assertFalse(BlasStatus.of(3).hint().isEmpty());
        assertFalse(BlasStatus.of(99).hint().isEmpty());
    }
}
