package dev.alcada.examples.desk;

import dev.alcada.decision.Decision;
import dev.alcada.guard.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * An agent that moves money in a toy ledger, and a page on which a person approves or denies what
 * is large. The agent is answered at once, and makes the very same call again after the answer.
 */
@Command(
    name = "approval-desk",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Serves a page on which a person approves an agent's large transfers.")
public final class ApprovalDesk implements Callable<Integer> {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "the loopback port of the page (default: a free one)")
  private int port;

  @Mixin private DeskChoice.Approvers approvers = new DeskChoice.Approvers();

  @Override
  public Integer call() throws Exception {
    try (Desk desk = Desk.open(port, approvers.names(), approvers.files())) {
      desk.urls().forEach((seat, url) -> System.out.printf("%s answers at %s%n", seat, url));
      System.out.printf("or on the command line: approvals list --desk %d%n%n", desk.port());
      List<Map<String, Object>> wanted =
          List.of(
              transfer("ines", 200, "Lunch for the team"),
              transfer("ines", 5_000, "Invoice 2026-118"),
              transfer("rui", 2_500, "Advance"));
      for (Map<String, Object> arguments : wanted) {
        System.out.printf("agent: transfer %s%n", arguments);
        Outcome<String> outcome = desk.transfer(arguments);
        while (outcome instanceof Outcome.ApprovalRequired<String> required) {
          print(outcome);
          awaitAnswer(desk, required.decision());
          outcome = desk.transfer(arguments);
        }
        print(outcome);
      }
      System.out.printf("ledger %s%n", desk.ledger());
      return 0;
    }
  }

  /** An agent would go on with something else; this one has nothing else to do. */
  private static void awaitAnswer(Desk desk, Decision.ApprovalRequired required) throws Exception {
    String id = Objects.requireNonNull(required.approvalId());
    desk.approvals().decision(id).toCompletableFuture().get();
  }

  private static void print(Outcome<String> outcome) {
    System.out.printf(
        "  %s%n",
        outcome instanceof Outcome.Completed<String> done
            ? done.value()
            : outcome.decision().text());
  }

  private static Map<String, Object> transfer(String to, int amount, String reference) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("from", "company");
    arguments.put("to", to);
    arguments.put("amount", amount);
    arguments.put("reference", reference);
    return arguments;
  }
}
