package dev.alcada.examples;

import dev.alcada.counter.CounterStore;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.guard.Approvals;
import dev.alcada.jdbc.JdbcApprovalStore;
import dev.alcada.jdbc.JdbcCounterStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteDataSource;
import picocli.CommandLine.Option;

/** The option of a program whose counts and approvals may outlive it. */
public final class StateChoice {
  @Option(
      names = "--state",
      paramLabel = "FILE",
      description =
          "keep counts and approvals in this file (SQLite), so that a restart gives nothing back"
              + " (default: in memory)")
  private @Nullable Path file;

  /**
   * What a guard is made with.
   *
   * @param counters the counts
   * @param approvals the approvals
   * @param stores what is closed at the end
   */
  public record State(CounterStore counters, Approvals approvals, List<AutoCloseable> stores)
      implements AutoCloseable {
    @Override
    public void close() {
      for (AutoCloseable store : stores) {
        try {
          store.close();
        } catch (Exception e) {
          throw new IllegalStateException("a store could not be closed", e);
        }
      }
    }
  }

  /**
   * Opens what was chosen.
   *
   * @throws IOException if the file cannot be made
   * @throws IllegalStateException if it is no database of these stores
   */
  public State open() throws IOException {
    Path chosen = file;
    if (chosen == null) {
      return new State(InMemoryCounterStore.create(), Approvals.inMemory(), List.of());
    }
    createForOwner(chosen);
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + chosen.toAbsolutePath());
    JdbcCounterStore counters = JdbcCounterStore.builder(source).createTables().build();
    JdbcApprovalStore requests = JdbcApprovalStore.builder(source).createTables().build();
    Approvals approvals = Approvals.builder().store(requests).build();
    return new State(counters, approvals, List.of(requests, counters));
  }

  /** It holds what people were asked. */
  private static void createForOwner(Path file) throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly = {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
    try {
      Files.createFile(file, posix ? ownerOnly : new FileAttribute<?>[0]);
    } catch (FileAlreadyExistsException e) {
      // From the last time.
    } catch (IOException e) {
      throw new IOException("--state: " + file + " cannot be made: " + e, e);
    }
  }
}
