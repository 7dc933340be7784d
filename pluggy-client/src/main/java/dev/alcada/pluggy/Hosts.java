package dev.alcada.pluggy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a host is by its text alone: nothing is looked up. */
final class Hosts {
  private static final Pattern IPV4_LOOPBACK = Pattern.compile("127(?:\\.[0-9]{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]{2,45}\\]");
  private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern TOP_LABEL =
      Pattern.compile("[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9]");
  private static final int MAX_NAME = 253;
  private static final int MAX_DIGITS = 20;

  /**
   * Top-level names that no public name has: reserved (RFC 6761, 6762, 7686, 8375, 9476), or kept
   * free because private networks use them. {@code example} is left out: documents need one.
   */
  private static final Set<String> PRIVATE =
      Set.of(
          "alt",
          "arpa",
          "corp",
          "home",
          "internal",
          "intranet",
          "invalid",
          "lan",
          "local",
          "localdomain",
          "localhost",
          "onion",
          "private",
          "test");

  private Hosts() {}

  /**
   * Returns whether a host is surely this machine, in one of the usual spellings.
   *
   * @param host a host without port; IPv6 with or without brackets
   */
  static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || IPV4_LOOPBACK.matcher(host).matches()
        || host.equals("::1")
        || host.equals("[::1]");
  }

  /**
   * Returns whether a host is this machine in any spelling that a browser understands, such as
   * {@code 127.1}, {@code 0x7f000001}, {@code [::ffff:127.0.0.1]} or {@code app.localhost.}
   */
  static boolean meansThisMachine(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    while (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    if (name.equals("localhost")
        || name.endsWith(".localhost")
        || name.equals("localhost.localdomain")) {
      return true;
    }
    if (IPV6.matcher(name).matches()) {
      return isLoopbackIpv6(name);
    }
    long address = ipv4(name);
    return address >= 0 && isThisNetwork((int) (address >>> 24));
  }

  /** Returns whether a host is a domain name that the public DNS may know. */
  static boolean isPublicName(String host) {
    List<String> labels = List.of(host.toLowerCase(Locale.ROOT).split("\\.", -1));
    String top = labels.get(labels.size() - 1);
    return host.length() <= MAX_NAME
        && labels.size() > 1
        && labels.stream().allMatch(label -> LABEL.matcher(label).matches())
        // A browser takes a name that ends in a number, however it is written, for an address.
        && TOP_LABEL.matcher(top).matches()
        && !PRIVATE.contains(top);
  }

  private static boolean isLoopbackIpv6(String literal) {
    try {
      byte[] address = InetAddress.getByName(literal).getAddress();
      if (address.length == 4) {
        return isThisNetwork(address[0]);
      }
      boolean mapped = address[10] == -1 && address[11] == -1;
      boolean compatible = address[10] == 0 && address[11] == 0;
      byte[] zeros = new byte[10];
      return Arrays.equals(address, 0, 10, zeros, 0, 10)
          && (mapped || compatible)
          && isThisNetwork(address[12]);
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Whether an IPv4 address that begins so is of this machine: 127.0.0.0/8, or 0.0.0.0. */
  private static boolean isThisNetwork(int first) {
    return first == 127 || first == 0;
  }

  /** Returns an IPv4 address of one to four numbers as browsers read it, or -1 if it is none. */
  private static long ipv4(String name) {
    String[] parts = name.split("\\.", -1);
    if (parts.length > 4) {
      return -1;
    }
    long address = 0;
    for (int i = 0; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      long number = number(parts[i]);
      long room = last ? 1L << (8 * (5 - parts.length)) : 256;
      if (number < 0 || number >= room) {
        return -1;
      }
      address = address * room + number;
    }
    return address;
  }

  private static long number(String text) {
    boolean hexadecimal = text.startsWith("0x");
    boolean octal = !hexadecimal && text.length() > 1 && text.startsWith("0");
    String digits = hexadecimal ? text.substring(2) : text;
    if (text.isEmpty() || digits.length() > MAX_DIGITS) {
      return -1;
    }
    try {
      // "0x" alone is zero; a sign is no digit
      return digits.isEmpty()
          ? 0
          : digits.startsWith("+") || digits.startsWith("-")
              ? -1
              : Long.parseLong(digits, hexadecimal ? 16 : octal ? 8 : 10);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
