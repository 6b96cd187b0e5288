// What project-start.ts loads where there is a project: project/, bundled into one file with all of src/register that it uses
// (scripts/bundle.mjs), since Node takes 0.4 ms of CPU for each file.

export { openProject } from './project/project.ts';
