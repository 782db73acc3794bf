-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "is_test" BOOLEAN NOT NULL DEFAULT false;
