package dev.alcada.examples.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovalDeskTest {
  @TempDir Path files;

  @Test
  void smallTransfersPassLargeOnesWaitAndTheCapHolds() throws Exception {
    try (Desk desk = Desk.open(0, List.of("ana"), files)) {
      assertThat(desk.transfer(transfer(1000))).isInstanceOf(Outcome.Completed.class);
      assertThat(desk.transfer(transfer(9001))).isInstanceOf(Outcome.Denied.class);
      assertThat(desk.approvals().pending()).isEmpty();

      assertThat(desk.transfer(transfer(9000))).isInstanceOf(Outcome.ApprovalRequired.class);
      desk.approvals().approve(desk.approvals().pending().get(0).id(), "ana", null);
      assertThat(desk.transfer(transfer(9000)))
          .isEqualTo(new Outcome.Completed<>("moved 9000 from company to ines"));
      assertThat(desk.ledger().balance("ines")).isEqualByComparingTo("10000");
    }
  }

  @Test
  void aTransferThatMovesNothingGivesItsApprovalBack() throws Exception {
    try (Desk desk = Desk.open(0, List.of("ana"), files)) {
      Map<String, Object> toNobody = Map.of("from", "company", "to", "nobody", "amount", 5000);
      desk.transfer(toNobody);
      desk.approvals().approve(desk.approvals().pending().get(0).id(), "ana", null);

      for (int i = 0; i < 3; i++) {
        Assertions.assertThatThrownBy(() -> desk.transfer(toNobody))
            .isInstanceOf(NotDoneException.class);
      }
    }
  }

  private static Map<String, Object> transfer(int amount) {
    return Map.of("from", "company", "to", "ines", "amount", amount);
  }
}
