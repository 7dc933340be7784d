package dev.alcada.examples;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** What a subcommand run in this process printed, and how it ended. */
public record Printed(int exit, String out, String err) {
  public static synchronized Printed by(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    System.setOut(new PrintStream(new OwnOutput(printed, out), true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(new OwnOutput(complained, err), true, StandardCharsets.UTF_8));
    try {
      CommandLine command =
          new CommandLine(new Main())
              .setOut(new PrintWriter(printed, true, StandardCharsets.UTF_8))
              .setErr(new PrintWriter(complained, true, StandardCharsets.UTF_8));
      int exit = Main.run(command, args);
      return new Printed(
          exit,
          printed.toString(StandardCharsets.UTF_8),
          complained.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** Takes what this thread prints; what others log meanwhile goes where it always does. */
  private static final class OwnOutput extends FilterOutputStream {
    private final Thread own = Thread.currentThread();
    private final OutputStream others;

    OwnOutput(OutputStream own, OutputStream others) {
      super(own);
      this.others = others;
    }

    @Override
    public void write(int b) throws IOException {
      to().write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      to().write(bytes, offset, length);
    }

    private OutputStream to() {
      return Thread.currentThread().equals(own) ? out : others;
    }
  }
}
