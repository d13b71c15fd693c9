/** The figures of the course, measured again: a table of rows, a file a section, and what runs and reports them. */
package dev.lamina.samples.reproduce;
