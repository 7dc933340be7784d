package dev.alcada.examples.desk;

import dev.alcada.decision.Decision;
import dev.alcada.guard.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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

  @Option(
      names = "--approver",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "who answers (default ${DEFAULT-VALUE})")
  private String approver = "operator";

  @Override
  public Integer call() throws Exception {
    try (Desk desk = Desk.open(port, approver)) {
      System.out.printf("Open %s%n%n", desk.url());
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
