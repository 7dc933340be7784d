package dev.alcada.examples.desk;

import dev.alcada.guard.Approvals;
import dev.alcada.policy.AllTools;
import dev.alcada.policy.Policy;
import dev.alcada.policy.ToolRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of a program that serves a policy which may ask: who answers, and where. */
public final class DeskChoice {
  @Option(
      names = "--desk",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "the loopback port of the page for approvals (default: a free one)")
  private int port;

  @Mixin private Approvers approvers = new Approvers();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** The options that say who answers. */
  static final class Approvers {
    @Option(
        names = "--approver",
        paramLabel = "NAME[:ROLE,…]",
        description =
            "who may answer approvals, each at an address of their own; several"
                + " (default: the user who runs this)")
    private List<String> names = new ArrayList<>();

    @Option(
        names = "--desk-files",
        paramLabel = "DIR",
        defaultValue = "${sys:user.home}/.alcada",
        description = "where the command line finds the desk (default ${DEFAULT-VALUE})")
    private Path files = Path.of(".alcada");

    List<String> names() {
      return names;
    }

    Path files() {
      return files;
    }
  }

  /**
   * Checks what was chosen before anything starts.
   *
   * @throws ParameterException if it cannot be
   */
  public void check() {
    if (port < 0 || port > 65535) {
      throw new ParameterException(spec.commandLine(), "--desk takes a port of 0 to 65535.");
    }
    seats();
  }

  /**
   * Returns whether whoever is at the client may answer too, which is so until somebody is named: a
   * client's form has no proof of who filled it in.
   */
  public boolean anybody() {
    return approvers.names().isEmpty();
  }

  private List<Seat> seats() {
    try {
      return Seat.all(approvers.names());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--approver: " + e.getMessage() + ".");
    }
  }

  /**
   * Returns a desk that opens with the first policy that asks.
   *
   * @param approvals what is answered there
   * @param program the name under which it is told on standard error
   */
  public Answering answering(Approvals approvals, String program) {
    return new Answering(
        () -> DeskServer.open(approvals, seats(), port, approvers.files()),
        seats(),
        approvals,
        program);
  }

  /** Opens a desk. */
  @FunctionalInterface
  interface Opener {
    DeskServer open() throws IOException;
  }

  /** {@return whether a policy may ask a person} */
  static boolean asks(@Nullable Policy policy) {
    return policy != null
        && (asks(policy.allTools()) || policy.tools().values().stream().anyMatch(DeskChoice::asks));
  }

  private static boolean asks(AllTools rules) {
    return !rules.approveIf().isEmpty();
  }

  private static boolean asks(ToolRule rule) {
    return rule.action() == ToolRule.Action.REQUIRE_APPROVAL || !rule.approveIf().isEmpty();
  }
}
