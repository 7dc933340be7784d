package dev.alcada.examples.desk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file that only its owner can read, with the address of a desk and a token. Who can read it is
 * this user of the operating system, and answers under that name.
 */
final class DeskFile implements AutoCloseable {
  private static final String PREFIX = "desk-";
  private static final Pattern ADDRESS =
      Pattern.compile("http://127\\.0\\.0\\.1:[0-9]{1,5}/[0-9a-f]{32}/");

  private final String owner;
  private Path file;

  private DeskFile(Path file, String owner) {
    this.file = file;
    this.owner = owner;
  }

  /** Makes an empty file that nobody else can read. */
  static DeskFile create(Path directory) throws IOException {
    Files.createDirectories(directory, attributes(directory, "rwx------"));
    Path file =
        Files.createTempFile(directory, ".new-", "", attributes(directory, "rw-------"));
    return new DeskFile(file, name(Files.getOwner(file).getName()));
  }

  private static FileAttribute<?>[] attributes(Path directory, String permissions) {
    // Elsewhere a home directory is its owner's alone.
    return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** Without the domain that Windows puts before it. */
  private static String name(String owner) {
    return owner.substring(owner.lastIndexOf('\\') + 1).replace(':', '_');
  }

  /** {@return the operating system's user} */
  String owner() {
    return owner;
  }

  /** Writes the address, under the name by which the command line looks for it. */
  void write(int port, String address) throws IOException {
    Files.writeString(file, address + "\n", StandardCharsets.US_ASCII);
    Path named = file.resolveSibling(PREFIX + port);
    // What is there under this name is of a program that is gone: the port is this one's now.
    file = Files.move(file, named, StandardCopyOption.REPLACE_EXISTING);
    file.toFile().deleteOnExit();
  }

  /**
   * Returns the ports of the desks that have a file.
   *
   * @throws IOException if the directory cannot be read
   */
  static List<Integer> ports(Path directory) throws IOException {
    List<Integer> ports = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return ports;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.matches(PREFIX + "[0-9]{1,5}")) {
          ports.add(Integer.valueOf(name.substring(PREFIX.length())));
        }
      }
    }
    return ports;
  }

  /**
   * Returns the address of the desk on a port, with its token.
   *
   * @throws IOException if there is none that this user may read
   */
  static String address(Path directory, int port) throws IOException {
    String address =
        Files.readString(directory.resolve(PREFIX + port), StandardCharsets.US_ASCII).strip();
    if (!ADDRESS.matcher(address).matches()) {
      throw new IOException("the file of the desk on port " + port + " holds no address");
    }
    return address;
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
