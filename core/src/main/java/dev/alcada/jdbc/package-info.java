/**
 * Counts and approvals in a database: on PostgreSQL for a fleet that shares its limits, on SQLite
 * for one machine whose limits survive a restart.
 */
@NullMarked
package dev.alcada.jdbc;

import org.jspecify.annotations.NullMarked;
