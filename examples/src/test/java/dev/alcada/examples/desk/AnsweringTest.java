package dev.alcada.examples.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A desk is there from the first policy that asks. */
class AnsweringTest {
  private static final String SILENT = "{\"version\": \"1\", \"default\": \"allow\"}";
  private static final String ASKS =
      "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"pay\": {\"action\": \"require_approval\"}}}";

  @TempDir Path files;
  private final Approvals approvals = Approvals.inMemory();

  private ToolGuard guard(String policy) {
    return ToolGuard.builder(Policy.parse(policy)).approvals(approvals).build();
  }

  private Answering answering(int port) {
    return answering(port, List.of());
  }

  private Answering answering(int port, List<Seat> seats) {
    return new Answering(
        () -> DeskServer.open(approvals, seats, port, files), seats, approvals, "test");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ASKS,
        "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"pay\": {\"approve_if\": [{\"name\": \"x\","
            + " \"conditions\": [{\"path\": \"args.a\", \"op\": \"gt\", \"value\": 1}]}]}}}",
        "{\"version\": \"1\", \"default\": \"allow\", \"all_tools\": {\"approve_if\":"
            + " [{\"name\": \"x\","
            + " \"conditions\": [{\"path\": \"args.a\", \"op\": \"gt\", \"value\": 1}]}]}}",
      })
  void isOpenedForAPolicyThatMayAsk(String policy) throws Exception {
    try (Answering answering = answering(0)) {
      answering.start(guard(policy));
      assertThat(DeskFile.ports(files)).hasSize(1);
    }
    assertThat(files).isEmptyDirectory();
  }

  @Test
  void isOpenedWhenALaterPolicyAsksAndOnlyOnce() throws Exception {
    ToolGuard guard = guard(SILENT);
    try (Answering answering = answering(0)) {
      answering.start(guard);
      assertThat(files).isEmptyDirectory();

      guard.replacePolicy(Policy.parse(ASKS));
      guard.replacePolicy(Policy.parse(SILENT));
      guard.replacePolicy(Policy.parse(ASKS));

      assertThat(DeskFile.ports(files)).hasSize(1);
    }
  }

  @Test
  void nothingStartsWhereNobodyCouldAnswer() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Answering answering = answering(taken.getLocalPort())) {
      assertThatThrownBy(() -> answering.start(guard(ASKS)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the policy asks a person, and nobody could answer")
          .hasMessageContaining("--desk");
      assertThat(files).isEmptyDirectory();
    }
  }

  /** What a rule and all rules ask, who is there, and what is missing. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                     | {}                  | ana                   |
          {}                                     | {}                  |                       |
          {"approvers": 2}                       | {}                  |                       | 2 different approvers, and the desk has 1
          {"approvers": 2}                       | {}                  | ana                   | 2 different approvers, and the desk has 1
          {"approvers": 2}                       | {}                  | ana bo                |
          {}                                     | {"approvers": 3}    | ana bo                | 3 different approvers, and the desk has 2
          {"from": ["cfo"]}                      | {}                  | ana bo                | an approver with the role cfo, and the desk has 0
          {"from": ["cfo"]}                      | {}                  |                       | an approver with the role cfo, and the desk has 0
          {"from": ["cfo", "board"]}             | {}                  | ana bo:board          |
          {"approvers": 2, "from": ["cfo"]}      | {}                  | ana:cfo bo            | 2 different approvers with the role cfo, and the desk has 1
          {"from": ["cfo"]}                      | {"from": ["legal"]} | ana:cfo bo:legal      | an approver with the role cfo with the role legal, and the desk has 0
          {"from": ["cfo"]}                      | {"from": ["legal"]} | ana:cfo,legal         |
          """)
  void nothingStartsWhereTooFewCouldAnswer(
      String own, String ofAll, @Nullable String people, @Nullable String missing)
      throws Exception {
    String policy =
        """
        {"version": "1", "default": "deny", "all_tools": {"approval": %s, "approve_if": [{"name": "x",
           "conditions": [{"path": "args.never", "op": "exists", "value": true}]}]},
         "tools": {"pay": {"action": "require_approval", "approval": %s}}}
        """
            .formatted(ofAll, own);
    List<Seat> seats = people == null ? List.of() : Seat.all(List.of(people.split(" ")));
    ToolGuard guard = guard(policy);
    try (Answering answering = answering(0, seats)) {
      if (missing == null) {
        answering.start(guard);
        assertThat(DeskFile.ports(files)).hasSize(1);
      } else {
        assertThatThrownBy(() -> answering.start(guard))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(missing)
            .hasMessageContaining("--approver");
        assertThat(files).isEmptyDirectory();
      }
    }
  }

  @Test
  void aLaterPolicyThatAsksForMoreThanThereAreIsNotTaken() throws Exception {
    ToolGuard guard = guard(ASKS);
    try (Answering answering = answering(0, Seat.all(List.of("ana")))) {
      answering.start(guard);
      Policy two =
          Policy.parse(
              ASKS.replace(
                  "\"require_approval\"",
                  "\"require_approval\", \"approval\": {\"approvers\": 2}"));

      assertThatThrownBy(() -> guard.replacePolicy(two))
          .hasMessageContaining("the tool pay needs 2 different approvers");
      assertThat(guard.policy()).isEqualTo(Policy.parse(ASKS));
    }
  }

  @Test
  void twoSpellingsOfOneNameAreOnePerson() {
    assertThatThrownBy(() -> Seat.all(List.of("ana", "\uff21na")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("named twice");
  }
}
