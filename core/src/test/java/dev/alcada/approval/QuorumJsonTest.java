package dev.alcada.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Quorum;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a store keeps of a request that needs several people, and what is believed of it. */
class QuorumJsonTest {
  private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");
  private static final Answer ANA = Answer.approve("ana").withRoles(Set.of("cfo"));
  private static final Answer BO = Answer.approve("bo").withRoles(Set.of("cfo")).withNote("fine");

  private static ApprovalRequest request(Quorum quorum) {
    return ApprovalRequest.builder(
            "id",
            "binding",
            "pay",
            Caller.grant("agent-7").withPerson("user", "rui"),
            List.of(new AskingRule("/rule", "/location", "why", "{}")))
        .quorum(quorum)
        .pending(NOW, Duration.ofMinutes(1), Duration.ofMinutes(1));
  }

  @Test
  void everyStateIsReadBackAsItWas() {
    ApprovalRequest pending = request(new Quorum(2, List.of(Set.of("cfo", "controller"))));
    ApprovalRequest half = pending.answered(ANA, NOW);
    ApprovalRequest whole = half.answered(BO, NOW);
    for (ApprovalRequest each :
        List.of(
            pending,
            half,
            half.cancelled(),
            half.answered(Answer.deny("cy").unidentified(), NOW),
            whole,
            whole.claimed(),
            whole.claimed().spent(),
            whole.claimed().givenBack())) {
      assertThat(ApprovalRequest.fromJson(each.toJson())).isEqualTo(each);
      assertThat(each.toJson()).contains("\"format\":2");
    }
  }

  @Test
  void aReaderThatKnowsOfOneYesAloneRefusesWhatNeedsSeveralAndReadsTheRest() {
    assertThat(request(Quorum.ONE).toJson()).contains("\"format\":1").doesNotContain("quorum");
    ApprovalRequest anybody = request(Quorum.ONE).answered(Answer.approve("x").unidentified(), NOW);
    assertThat(ApprovalRequest.fromJson(anybody.toJson())).isEqualTo(anybody);
  }

  /** What the last answers of an approved request are made into, each of which opens it wrongly. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "state":"pending"     | "state":"approved"
          "approver":"ana"      | "approver":"agent-7"
          "approver":"ana"      | "approver":"RUI"
          "roles":["cfo"]       | "roles":["clerk"]
          "roles":["cfo"]       | "identified":false,"roles":[]
          "approved":true       | "approved":false
          "approvers":2         | "approvers":0
          "approvers":2         | "approvers":6
          "approvers":2         | "approvers":"2"
          "from":[["cfo"]]      | "from":[[]]
          "from":[["cfo"]]      | "from":["cfo"]
          "format":2            | "format":3
          "quorum":             | "kuorum":
          """)
  void aYesThatDoesNotCountIsNotBelieved(String was, String is) {
    String json = request(new Quorum(2, List.of(Set.of("cfo")))).answered(ANA, NOW).toJson();
    assertThat(json).contains(was);

    assertThatThrownBy(() -> ApprovalRequest.fromJson(json.replace(was, is)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no stored approval request: ");
  }

  @Test
  void onePersonIsNotBelievedTwice() {
    String json = request(new Quorum(2, List.of())).answered(ANA, NOW).answered(BO, NOW).toJson();

    assertThatThrownBy(() -> ApprovalRequest.fromJson(json.replace("\"bo\"", "\"Ana\"")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theNextStateItselfRefusesWhatDoesNotCount() {
    ApprovalRequest half = request(new Quorum(2, List.of())).answered(ANA, NOW);

    assertThatThrownBy(() -> half.answered(Answer.approve("ANA"), NOW))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("approved it already");
    assertThatThrownBy(() -> half.answered(Answer.approve("agent-7"), NOW))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the grant that requested it");
  }

  @Test
  void whoIsUnknownHasNoRoles() {
    assertThat(ANA.unidentified().roles()).isEmpty();
    assertThatThrownBy(() -> ANA.unidentified().withRoles(Set.of("cfo")))
        .isInstanceOf(IllegalStateException.class);
  }
}
