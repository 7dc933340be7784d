package dev.alcada.examples;

import dev.alcada.examples.desk.ApprovalCommands;
import dev.alcada.examples.desk.ApprovalDesk;
import dev.alcada.examples.evidence.CheckPolicy;
import dev.alcada.examples.evidence.ExplainCall;
import dev.alcada.examples.evidence.TailLog;
import dev.alcada.examples.evidence.VerifyLog;
import dev.alcada.examples.fleet.Fleet;
import dev.alcada.examples.gateway.Gateway;
import dev.alcada.examples.gateway.Quoted;
import dev.alcada.examples.tenants.Tenants;
import dev.alcada.examples.tools.Advise;
import dev.alcada.examples.tools.Pin;
import dev.alcada.policy.PolicyException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.TypeConversionException;

/** The runnable jar: one program a subcommand. */
@Command(
    name = "alcada-examples.jar",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Examples of Alçada: policy on the tools an AI agent calls.",
    subcommands = {
      QuickStart.class,
      ConnectTokenServer.class,
      ApprovalDesk.class,
      ApprovalCommands.class,
      ConnectPageServer.class,
      Gateway.class,
      Advise.class,
      Pin.class,
      Tenants.class,
      Fleet.class,
      CheckPolicy.class,
      ExplainCall.class,
      VerifyLog.class,
      TailLog.class,
      HelpCommand.class
    })
public final class Main implements Runnable {
  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  /** Runs the subcommand that the arguments name, or says what there is. */
  public static void main(String... args) {
    System.exit(run(new CommandLine(new Main()), args));
  }

  /** What {@code --version} prints: the jar's, if it is one. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {version == null ? "not packaged" : version};
    }
  }

  /**
   * Runs a command: what it prints are errors in one line, or a policy's problems in one each.
   *
   * @return 0 when done, 1 on an error, 2 on wrong usage
   */
  static int run(CommandLine command, String... args) {
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.registerConverter(Path.class, Main::path);
    command.setExecutionExceptionHandler(
        (thrown, failed, parsed) -> {
          PrintWriter err = failed.getErr();
          if (thrown instanceof PolicyException policy) {
            err.println("The policy was not loaded:");
            policy.problems().forEach(problem -> err.println("  " + problem));
          } else {
            err.println(failed.getCommandName() + ": " + Quoted.line(thrown.getMessage()));
          }
          return 1;
        });
    command.setParameterExceptionHandler(
        (wrong, parsed) -> {
          PrintWriter err = wrong.getCommandLine().getErr();
          err.println(wrong.getMessage());
          wrong.getCommandLine().usage(err);
          return 2;
        });
    return command.execute(args);
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      // Of a locale without letters the JVM makes replacement characters that no file has.
      throw new TypeConversionException(
          text.indexOf('\uFFFD') < 0
              ? "not a file's name: " + e.getReason()
              : "the locale has no letters for this name; set LANG to one of UTF-8, such as C.UTF-8");
    }
  }
}
