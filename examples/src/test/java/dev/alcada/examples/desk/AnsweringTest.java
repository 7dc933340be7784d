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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
    return new Answering(
        () -> DeskServer.open(approvals, List.of(), port, files), approvals, "test");
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
}
